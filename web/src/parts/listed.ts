/**
 * What the pages hold together, without looking at all of them whenever one comes or changes: a new page is looked at alone, and so is
 * one whose objects are the same as before. The same object never stands twice, for a page may have moved since the one before it was
 * read.
 */
export function createListed<Item>(): { put(page: number, nodes: readonly Item[]): void; items(): readonly Item[] } {
  const pages: (readonly Item[])[] = [];
  const places = new Map<unknown, number>();
  let items: readonly Item[] = [];

  function append(nodes: readonly Item[]): void {
    const fresh: Item[] = [];
    const changed = new Map<number, Item>();
    for (const node of nodes) {
      const place = places.get(keyOf(node));
      if (place === undefined) places.set(keyOf(node), items.length + fresh.push(node) - 1);
      else if (place < items.length) changed.set(place, node);
      else fresh[place - items.length] = node;
    }
    items = [...items, ...fresh];
    replace(changed);
  }

  function replace(changed: ReadonlyMap<number, Item>): void {
    if (changed.size === 0) return;
    const next = [...items];
    for (const [place, item] of changed) next[place] = item;
    items = next;
  }

  return {
    items: () => items,
    put(page, nodes) {
      const before = pages[page] ?? [];
      pages[page] = nodes;
      if (nodes.length === before.length && nodes.every((node, at) => keyOf(node) === keyOf(before[at]))) {
        replace(new Map(nodes.flatMap((node, at) => (node === before[at] ? [] : [[places.get(keyOf(node))!, node]]))));
      } else if (before.length === 0 && page === pages.length - 1) {
        append(nodes);
      } else {
        places.clear();
        items = [];
        append(pages.flatMap((one) => one ?? []));
      }
    },
  };
}

function keyOf(item: unknown): unknown {
  return (item as { id?: string }).id ?? item;
}
