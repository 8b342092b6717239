/** How large a document may be. Counted before validation, fragments where they are spread, so that each costs what it would. */
import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

export const queryLimits = {
  /** Levels of fields. Introspection has a rule of its own in graphql. */
  depth: 12,
  /** Aliases, and further mentions of a field in the same place. */
  aliases: 15,
  directives: 5,
  tokens: 1000,
} as const;

type Size = { depth: number; aliases: number; directives: number };

const known = new WeakMap<DocumentNode, GraphQLError | null>();

/** What makes the document too large, or null. */
export function tooLarge(document: DocumentNode): GraphQLError | null {
  let answer = known.get(document);
  if (answer === undefined) known.set(document, (answer = check(document)));
  return answer;
}

/** Names of the fields at the root of an operation, fragments included. */
export function rootFields(document: DocumentNode, operationName: string | null | undefined): string[] {
  const fragments = fragmentsOf(document.definitions);
  const names: string[] = [];
  const visited = new Set<string>();
  const visit = (selection: SelectionNode) => {
    if (selection.kind === Kind.FIELD) names.push(selection.name.value);
    else if (selection.kind === Kind.INLINE_FRAGMENT) selection.selectionSet.selections.forEach(visit);
    else if (!visited.has(selection.name.value)) {
      visited.add(selection.name.value);
      fragments.get(selection.name.value)?.selectionSet.selections.forEach(visit);
    }
  };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operationName && definition.name?.value !== operationName) continue;
    definition.selectionSet.selections.forEach(visit);
  }
  return names;
}

function check(document: DocumentNode): GraphQLError | null {
  const fragments = fragmentsOf(document.definitions);
  const measured = new Map<string, Size>();
  for (const definition of document.definitions) {
    // Fragments count where they are spread: what those of an introspection hold is none of the data's depth.
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const size = sizeOf(definition.selectionSet, fragments, measured);
    size.directives += definition.directives?.length ?? 0;
    for (const name of ['depth', 'aliases', 'directives'] as const) {
      if (size[name] > queryLimits[name]) {
        return new GraphQLError(`The query has more ${name} than the ${queryLimits[name]} that are allowed.`, {
          extensions: { code: 'BAD_INPUT' },
        });
      }
    }
  }
  return null;
}

function sizeOf(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  measured: Map<string, Size>,
): Size {
  const total: Size = { depth: 0, aliases: 0, directives: 0 };
  const seen = new Set<string>();
  for (const selection of selections) {
    total.directives += selection.directives?.length ?? 0;
    let inner: Size = { depth: 0, aliases: 0, directives: 0 };
    let levels = 0;
    if (selection.kind === Kind.FIELD) {
      levels = 1;
      const key = selection.alias?.value ?? selection.name.value;
      if (selection.alias || seen.has(key)) total.aliases += 1;
      seen.add(key);
      if (selection.selectionSet) inner = sizeOf(selection.selectionSet, fragments, measured);
      if (selection.name.value === '__schema' || selection.name.value === '__type') inner = { ...inner, depth: 0 };
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      inner = sizeOf(selection.selectionSet, fragments, measured);
    } else {
      inner = sizeOfFragment(selection.name.value, fragments, measured);
    }
    total.depth = Math.max(total.depth, levels + inner.depth);
    total.aliases += inner.aliases;
    total.directives += inner.directives;
  }
  return total;
}

function sizeOfFragment(
  name: string,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  measured: Map<string, Size>,
): Size {
  const before = measured.get(name);
  if (before) return before;
  // What a fragment spreads of itself counts as nothing: validation refuses cycles.
  measured.set(name, { depth: 0, aliases: 0, directives: 0 });
  const fragment = fragments.get(name);
  const size = fragment ? sizeOf(fragment.selectionSet, fragments, measured) : { depth: 0, aliases: 0, directives: 0 };
  measured.set(name, size);
  return size;
}

function fragmentsOf(definitions: readonly DefinitionNode[]): Map<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return fragments;
}
