/** Relay connections with a `nodes` shortcut. */
import type { InterfaceRef, ObjectRef } from '@pothos/core';
import type { Connection, Uncounted } from '../resolvers/connection.ts';
import { type Types, builder } from './builder.ts';

type NodeRef<T> = ObjectRef<Types, T> | InterfaceRef<Types, T>;

const PageInfoType = builder.objectRef<Uncounted<unknown>>('PageInfo').implement({
  description: 'Where a page stands in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether there is more after this page.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', { description: 'Whether there is more before this page.' }),
    startCursor: t.string({
      nullable: true,
      description: 'Cursor of the first edge.',
      resolve: (page) => (page.nodes.length > 0 ? page.cursorAt(0) : null),
    }),
    endCursor: t.string({
      nullable: true,
      description: 'Cursor of the last edge: the next `after`.',
      resolve: (page) => (page.nodes.length > 0 ? page.cursorAt(page.nodes.length - 1) : null),
    }),
  }),
});

/** `NameConnection` and `NameEdge` of a list that can be counted. */
export function connectionType<T>(name: string, node: NodeRef<T>): ObjectRef<Types, Connection<T>> {
  const ref = builder.objectRef<Connection<T>>(`${name}Connection`);
  implementEdges(ref, name, node);
  builder.objectField(ref, 'totalCount', (t) =>
    t.int({
      description:
        'How many there are on all pages; counted only when it is selected. Sends by more than account and status are counted up to 10,000.',
      resolve: (page) => page.totalCount(),
    }),
  );
  return ref;
}

/** As `connectionType`, without `totalCount`. */
export function uncountedConnectionType<T>(name: string, node: NodeRef<T>): ObjectRef<Types, Uncounted<T>> {
  const ref = builder.objectRef<Uncounted<T>>(`${name}Connection`);
  implementEdges(ref, name, node);
  return ref;
}

function implementEdges<T, Page extends Uncounted<T>>(
  ref: ObjectRef<Types, Page>,
  name: string,
  node: NodeRef<T>,
): void {
  const edge = builder.objectRef<{ cursor: () => string; node: T }>(`${name}Edge`);
  edge.implement({
    description: `A ${name} in a list.`,
    fields: (t) => ({
      cursor: t.string({
        description: 'Pass it as `after` or `before`.',
        resolve: (one) => one.cursor(),
      }),
      // oxlint-disable-next-line typescript/no-explicit-any -- the node's type is a parameter, which the builder cannot follow
      node: t.field({ type: node as any, description: `The ${name}.`, resolve: (one) => one.node as never }),
    }),
  });
  builder.objectType(ref, {
    description: `A page of a list of ${name}.`,
    fields: (t) => ({
      nodes: t.field({
        // oxlint-disable-next-line typescript/no-explicit-any -- as above
        type: [node as any],
        description: 'The items without their cursors.',
        resolve: (page) => page.nodes as never,
      }),
      edges: t.field({
        type: [edge],
        description: 'The items with their cursors.',
        resolve: (page) => page.nodes.map((one, at) => ({ node: one, cursor: () => page.cursorAt(at) })),
      }),
      pageInfo: t.field({
        type: PageInfoType,
        description: 'Where this page stands in the list.',
        resolve: (page) => page,
      }),
    }),
  });
}
