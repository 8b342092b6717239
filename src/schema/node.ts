/** `Node`: whatever has an id of its own, found by that id alone. */
import { type FoundNode, readNode, readNodes } from '../resolvers/read-node.ts';
import { builder } from './builder.ts';
import { contactTypeName } from './contact-type-name.ts';

/** A record with the name of its type, so that the interface is resolved without guessing. */
type NamedRecord = FoundNode['record'] & { __typename: string };

export const NodeInterface = builder.interfaceRef<object>('Node').implement({
  description: 'Something with an id of its own.',
  resolveType: (record) => (record as NamedRecord).__typename,
  fields: (t) => ({
    id: t.id({
      description: 'Opaque; names its type.',
      // Every type has an `id` of its own, which hides this one.
      resolve: (record) => String((record as { id?: unknown }).id),
    }),
  }),
});

builder.queryFields((t) => ({
  node: t.field({
    description: 'Anything with an id, by its id.',
    type: NodeInterface,
    nullable: true,
    args: { id: t.arg.id({ required: true, description: 'Any id that this API gave.' }) },
    resolve: (_, { id }, { caller, loaders }) => readNode(loaders, caller, id).then(named),
  }),
  nodes: t.field({
    description: 'Several at once, in the order of the ids; null for each that is not there. At most 100.',
    type: [NodeInterface],
    nullable: { list: true, items: true },
    args: { ids: t.arg.idList({ required: true, description: 'Ids that this API gave.' }) },
    resolve: (_, { ids }, { caller, loaders }) =>
      readNodes(loaders, caller, ids).then((nodes) => nodes.map((node) => node && named(node))),
  }),
}));

function named(found: FoundNode): NamedRecord {
  return { ...found.record, __typename: typeName(found) };
}

function typeName(found: FoundNode): string {
  switch (found.kind) {
    case 'contact':
      return contactTypeName(found.record);
    case 'account':
      return 'Account';
    case 'group':
      return 'Group';
    case 'member':
      return 'ChatRoomMember';
    case 'chat':
      return 'Chat';
    case 'message':
      return 'Message';
    case 'media':
      return 'Media';
    case 'job':
      return 'SendJob';
    case 'log':
      return 'SendLog';
    case 'token':
      return 'ApiToken';
    case 'webhook':
      return 'Webhook';
  }
}
