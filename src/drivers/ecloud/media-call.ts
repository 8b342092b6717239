/** Which call gives the bytes of media that a message holds. */
import type { MessageKind } from '../../words.ts';
import { jsonInteger } from '../../lossless-json.ts';
import { type Fields, known, text } from './fields.ts';
import { attribute, find, readXml } from './xml.ts';

export type MediaCall = { route: string; body: Fields };

const routes: Partial<Record<MessageKind, string>> = {
  IMAGE: 'getMsgImg',
  FILE: 'getMsgFile',
  EMOJI: 'getMsgEmoji',
  VIDEO: 'asynGetMsgVideo',
};

/**
 * The call for media of this kind, without the wId, from the `data` of the message's callback; null where that lacks what
 * the call wants. Parameters as the vendor documents them: "all from the callback", ids as numbers.
 */
export function mediaCallOf(kind: MessageKind, data: Fields): MediaCall | null {
  const msgId = jsonInteger(data['msgId']);
  const content = text(data['content']) ?? '';
  if (msgId === null || String(data['msgId']) === '0') return null;
  if (kind === 'VOICE') return voiceCall(msgId, content, data);
  const route = routes[kind];
  return route === undefined || content.trim() === '' ? null : { route, body: { msgId, content } };
}

function voiceCall(msgId: object, content: string, data: Fields): MediaCall | null {
  const voice = find(readXml(content), 'voicemsg');
  const length = jsonInteger(known(attribute(voice, 'length'), data['length']));
  const bufId = known(data['bufId'], attribute(voice, 'bufid'));
  const fromUser = known(data['fromUser']);
  if (length === null || bufId === null || fromUser === null) return null;
  return { route: 'getMsgVoice', body: { msgId, length, bufId, fromUser } };
}
