/** Links and everything else that WeChat carries in an `appmsg`. */
import type { MessageKind } from '../../words.ts';
import type { Held } from './content.ts';
import { type Element, attribute, find, textAt } from './xml.ts';

/** What stands before the title in what a person reads, and the kind; LINK unless it is said. */
export type AppText = { label: string; kind?: MessageKind };

/** The title, description and address of a link, mini program, chat record, song, channel or invitation. */
export function decodeApp(xml: Element, content: string, { label, kind = 'LINK' }: AppText): Held {
  const app = find(xml, 'appmsg') ?? xml;
  const feed = find(app, 'finderFeed');
  const weapp = find(app, 'weappinfo');
  // Of a channel's video the title is only that this version of WeChat cannot show it.
  const title = feed === null ? textAt(app, 'title') : (textAt(feed, 'desc') ?? textAt(feed, 'nickname'));
  const description = feed === null ? textAt(app, 'des') : textAt(feed, 'nickname');
  const readable = [...new Set([title, description])].filter((line) => line !== null).join('\n');
  const plain = xml.children.length === 0 ? content.trim() : '';
  return {
    kind,
    text: readable === '' ? plain || label : `${label} ${readable}`,
    content: {
      type: 'Link',
      title,
      description,
      url: textAt(app, 'url') ?? textAt(app, 'dataurl') ?? textAt(feed ?? app, 'mediaList', 'url'),
      appName: textAt(xml, 'appinfo', 'appname') ?? textAt(app, 'sourcedisplayname'),
      appId: weapp === null ? attribute(find(xml, 'appmsg'), 'appid') : textAt(weapp, 'appid'),
      thumbnailUrl: textAt(app, 'thumburl') ?? textAt(app, 'thumbUrl') ?? (weapp && textAt(weapp, 'weappiconurl')),
    },
  };
}
