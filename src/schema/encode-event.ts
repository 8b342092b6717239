/** Events as STANDARD webhooks are told of them: the JSON of `GET /events`. */
import { parse } from 'graphql';
import { execute } from '../graphql-execute.ts';
import { GatewayError } from '../resolvers/errors.ts';
import type { EventFormat } from '../resolvers/events/event-format.ts';
import { createContext } from './builder.ts';
import { eventJson, eventsDocument } from './event-json.ts';
import { schema } from './schema.ts';

const document = parse(eventsDocument);

export const standardFormat: EventFormat = {
  encode: async (app, caller, event) => {
    const contextValue = createContext({ app, caller, requestId: 'webhook', idempotencyKey: null });
    const { data, errors } = await execute({ schema, document, rootValue: event, contextValue });
    const causes = errors?.map((error) => error.originalError ?? error) ?? [];
    const passing = causes.find((cause) => cause instanceof GatewayError && cause.code === 'UNAVAILABLE');
    const shown = data?.['events'];
    // What could not be read now will be; what cannot be shown at all is no event.
    if (passing !== undefined || !shown) throw passing ?? causes[0] ?? new Error('the event is not shown');
    return [JSON.stringify(eventJson(shown as never))];
  },
  test: ({ timestamp, cursor }) => JSON.stringify({ type: 'TEST', timestamp, cursor, accountId: null, data: {} }),
};
