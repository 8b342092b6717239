import { pollEvents } from '../../resolvers/events/poll-events.ts';
import type { Answer } from './call.ts';
import { defaultEvents, encodeOpenwxEvent } from './encode-event.ts';

/** How long a client waits for something to happen. */
const waitMs = 30_000;

/** What a poll never tells, though a post does. */
const postedOnly = ['login', 'stop', 'state_change', 'input_qrcode', 'update_user', 'update_friend', 'update_group'];

/**
 * Everything since the client's last answer, oldest first, with the bodies that are posted. `consumer=` tells several clients of one
 * token apart; `post_event_list=` and `post_media_data=0` choose what there is, as the plugin's settings of these names do.
 */
export const checkEvent: Answer = async (call) => {
  const { app, caller, params, signal } = call;
  const asked = params.one('post_event_list')?.split(',') ?? defaultEvents;
  const polled = await pollEvents(
    app,
    caller,
    {
      account: await call.account(),
      consumer: params.one('consumer'),
      types: ['MESSAGE_RECEIVED', 'FRIEND_REQUESTED', 'CONTACT_CHANGED'],
      encode: encodeOpenwxEvent,
      options: {
        events: asked.map((name) => name.trim()).filter((name) => !postedOnly.includes(name)),
        mediaData: params.one('post_media_data') === null || params.flag('post_media_data'),
      },
      waitMs,
    },
    signal,
  );
  return { body: `[${polled.bodies.join(',')}]`, end: (written) => polled.end(written) };
};
