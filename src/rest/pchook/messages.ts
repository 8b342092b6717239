/** Calls about messages that there are already. */
import { findMessage } from '../../resolvers/messages/find-message.ts';
import { showId } from '../../resolvers/ids.ts';
import { createLoaders } from '../../resolvers/load.ts';
import { readBytes } from '../../resolvers/media/read-bytes.ts';
import { revokeMessage } from '../../resolvers/messages/revoke-message.ts';
import { done } from './answers.ts';
import type { Answer } from './call.ts';

/** In bytes; WeChat's voices end after a minute. */
const longestVoice = 4 * 1024 * 1024;

export const revoke: Answer = async ({ app, caller, account, name, params }) => {
  const message = await findMessage(app, account, params.text('msg_svrid', 'sid', 'msgsvrid'));
  await revokeMessage(app, caller, showId('message', message.seq));
  return { ...done(name), [name]: '已撤回' };
};

/** The bytes of a voice, which posts of chat rooms may lack; nothing while they are not there. */
export const giveVoice: Answer = async ({ app, caller, account, params }) => {
  const message = await findMessage(app, account, params.text('msgsvrid'));
  const media = message.kind === 'VOICE' ? await createLoaders(app, caller).mediaOfMessage.load(message.seq) : null;
  const bytes = media?.stored ? await readBytes(app, media.stored, longestVoice) : null;
  const hex = bytes?.toString('hex').toUpperCase() ?? '';
  return { voice_data_hex: hex, voice_hex: hex };
};
