/** What mutations answer beside the object. */
import type { ObjectFieldBuilder } from '@pothos/core';
import { showSeq } from '../resolvers/events/read-events.ts';
import { type Types, builder } from './builder.ts';

/** The position of what the mutation did: pass it as `after` to see what follows. */
export function changeAnswer<Shape extends { seq: number }>(t: ObjectFieldBuilder<Types, Shape>) {
  return {
    cursor: t.string({
      description: 'Position in the event log of what this did.',
      resolve: ({ seq }, _, { app }) => showSeq(app, seq),
    }),
  };
}

export const DeletePayload = builder.objectRef<{ deletedId: string; seq: number }>('DeletePayload').implement({
  description: 'That something is gone.',
  fields: (t) => ({
    deletedId: t.exposeID('deletedId', { description: 'What was deleted.' }),
    ...changeAnswer(t),
  }),
});
