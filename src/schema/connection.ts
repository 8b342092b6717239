/** Relay connections with a `nodes` shortcut. */
import type { InterfaceRef, ObjectRef } from '@pothos/core';
import type { Connection, PageInfo } from '../resolvers/connection.ts';
import { type Types, builder } from './builder.ts';

type NodeRef<T> = ObjectRef<Types, T> | InterfaceRef<Types, T>;

const PageInfoType = builder.objectRef<PageInfo>('PageInfo').implement({
  description: 'Where a page stands in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether there is more after this page.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', { description: 'Whether there is more before this page.' }),
    startCursor: t.exposeString('startCursor', { nullable: true, description: 'Cursor of the first edge.' }),
    endCursor: t.exposeString('endCursor', {
      nullable: true,
      description: 'Cursor of the last edge: the next `after`.',
    }),
  }),
});

/** A page without a count, for lists that are never counted. */
export type Edges<T> = Pick<Connection<T>, 'edges' | 'pageInfo'>;

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
export function uncountedConnectionType<T>(name: string, node: NodeRef<T>): ObjectRef<Types, Edges<T>> {
  const ref = builder.objectRef<Edges<T>>(`${name}Connection`);
  implementEdges(ref, name, node);
  return ref;
}

function implementEdges<T, Page extends Edges<T>>(ref: ObjectRef<Types, Page>, name: string, node: NodeRef<T>): void {
  const edge = builder.objectRef<{ cursor: string; node: T }>(`${name}Edge`);
  edge.implement({
    description: `A ${name} in a list.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'Pass it as `after` or `before`.' }),
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
        resolve: (page) => page.edges.map((one) => one.node) as never,
      }),
      edges: t.field({
        type: [edge],
        description: 'The items with their cursors.',
        resolve: (page) => page.edges,
      }),
      pageInfo: t.field({
        type: PageInfoType,
        description: 'Where this page stands in the list.',
        resolve: (page) => page.pageInfo,
      }),
    }),
  });
}
