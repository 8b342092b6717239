/** Which subscriptions want the same, but for where they begin. */
import { type DocumentNode, type ExecutionArgs, Kind, type VariableNode, getOperationAST, visit } from 'graphql';
import type { Caller } from '../../resolvers/access/caller.ts';

/** An operation as the client asked for it. */
export type Asked = Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>;

/**
 * Equal for operations that show the same values of the same events to callers with the same access. A document stands for
 * its text: who parses the same text twice, and does not keep the first one, has two.
 */
export function sharedKey({ document, operationName, variableValues }: Asked, caller: Caller): string {
  const { number, positions } = partsOf(document, operationName ?? null);
  const rest = Object.entries(variableValues ?? {})
    .filter(([name]) => !positions.has(name))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([number, operationName ?? null, rest, caller.scope, caller.accountIds]);
}

/** `positions`: variables that say where the subscription begins, and nothing else. */
type Parts = { number: number; positions: ReadonlySet<string> };

const known = new WeakMap<DocumentNode, Map<string | null, Parts>>();
let numbered = 0;

function partsOf(document: DocumentNode, operationName: string | null): Parts {
  let ofDocument = known.get(document);
  if (!ofDocument) known.set(document, (ofDocument = new Map()));
  let parts = ofDocument.get(operationName);
  if (!parts) {
    parts = { number: (numbered += 1), positions: findPositions(document, operationName) };
    ofDocument.set(operationName, parts);
  }
  return parts;
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
