/** The list that the panel makes of pages. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createListed } from '../web/src/parts/listed.ts';

type Item = { id: string; turn: number };

/** What is meant: all pages one after the other, each object once, at its first place and as it was told last. */
function plainly(pages: readonly (readonly Item[])[]): Item[] {
  return [...new Map(pages.flatMap((page) => page ?? []).map((item) => [item.id, item])).values()];
}

describe('a list by pages', () => {
  it('is what its pages hold, whichever of them come and change in whatever order, and no object stands in it twice', () => {
    const change = fc.record({
      page: fc.nat({ max: 4 }),
      ids: fc.array(fc.constantFrom<string[]>('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const listed = createListed<Item>();
        const pages: Item[][] = [];
        for (const [turn, { page, ids }] of changes.entries()) {
          const nodes = ids.map((id) => ({ id, turn }));
          // The cache gives all pages the same object for one thing.
          for (const [at, one] of pages.entries()) {
            if (one === undefined || at === page || !one.some(({ id }) => ids.includes(id))) continue;
            const fresh = one.map((item) => nodes.find(({ id }) => id === item.id) ?? item);
            pages[at] = fresh;
            listed.put(at, fresh);
          }
          pages[page] = nodes;
          listed.put(page, nodes);
          expect(listed.items()).toEqual(plainly(pages));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('looks at no object again because another page came or one object changed', () => {
    let looks = 0;
    const row = (page: number, at: number) => ({
      get id() {
        looks += 1;
        return `${page}-${at}`;
      },
    });
    const listed = createListed();
    const page = (number: number) => Array.from({ length: 20 }, (_, at) => row(number, at));
    for (let number = 0; number < 500; number += 1) listed.put(number, page(number));
    expect(listed.items()).toHaveLength(10_000);
    expect(looks).toBeLessThan(10_000 * 4);
    looks = 0;
    listed.put(250, page(250));
    expect(looks).toBeLessThan(200);
  });

  it('is the same array for as long as nothing in it is another', () => {
    const listed = createListed<Item>();
    const nodes = [{ id: 'a', turn: 0 }];
    listed.put(0, nodes);
    const items = listed.items();
    listed.put(0, [...nodes]);
    expect(listed.items()).toBe(items);
  });
});
