/** Which subscriptions want the same, but for where they begin. */
import { type DocumentNode, Kind, type VariableNode, getOperationAST, visit } from 'graphql';
import type { Caller } from '../resolvers/caller.ts';

/** An operation as the client asked for it, and its document. */
export type Asked = {
  query: string;
  document: DocumentNode;
  operationName?: string | null | undefined;
  variables?: Readonly<Record<string, unknown>> | null | undefined;
};

/** Equal for operations that show the same values of the same events to callers with the same access. */
export function sharedKey({ query, document, operationName = null, variables }: Asked, caller: Caller): string {
  const positions = positionVariables(document, operationName);
  const rest = Object.entries(variables ?? {})
    .filter(([name]) => !positions.has(name))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([query, operationName, rest, caller.scope, caller.accountIds]);
}

const known = new WeakMap<DocumentNode, Map<string | null, ReadonlySet<string>>>();

/** Variables that say where the subscription begins, and nothing else. */
function positionVariables(document: DocumentNode, operationName: string | null): ReadonlySet<string> {
  let ofDocument = known.get(document);
  if (!ofDocument) known.set(document, (ofDocument = new Map()));
  let names = ofDocument.get(operationName);
  if (!names) ofDocument.set(operationName, (names = findPositions(document, operationName)));
  return names;
}

function findPositions(document: DocumentNode, operationName: string | null): ReadonlySet<string> {
  const operation = getOperationAST(document, operationName);
  const [root] = operation?.selectionSet.selections ?? [];
  if (root?.kind !== Kind.FIELD) return new Set();
  const uses = new Map<string, number>();
  const count = { Variable: ({ name }: VariableNode) => void uses.set(name.value, (uses.get(name.value) ?? 0) + 1) };
  visit(operation!.selectionSet, count);
  for (const part of document.definitions) if (part.kind === Kind.FRAGMENT_DEFINITION) visit(part.selectionSet, count);
  const names = (root.arguments ?? []).flatMap(({ name, value }) =>
    ['after', 'last'].includes(name.value) && value.kind === Kind.VARIABLE ? [value.name.value] : [],
  );
  return new Set(names.filter((name) => uses.get(name) === 1));
}
