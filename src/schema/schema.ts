/** Loads every type and builds the schema. Defines none itself. */
import './scalars.ts';
import { builder } from './builder.ts';

builder.queryType({ description: 'Reading. One field that fails does not take its neighbours along.' });
builder.mutationType({
  description:
    'Changing. One mutation that fails does not hide what its neighbour did: each is null and named in `errors` by itself.',
});
builder.subscriptionType({
  description: 'Following. Every frame carries its position in `extensions.cursor`; pass it as `after` to resume.',
});

import './access.ts';
import './account.ts';
import './chat.ts';
import './chat-room-mutations.ts';
import './consult.ts';
import './contact.ts';
import './contact-mutations.ts';
import './event.ts';
import './gateway.ts';
import './group.ts';
import './message.ts';
import './node.ts';
import './send.ts';
import './stats.ts';
import './webhook.ts';
import './webhook-mutations.ts';

export const schema = builder.toSchema();
