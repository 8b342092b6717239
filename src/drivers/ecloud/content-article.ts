/** Articles that an official account pushes. */
import type { Held } from './content.ts';
import { type Fields, known, text } from './fields.ts';
import { find, readXml, textAt } from './xml.ts';

/** The first of the articles; the others are in `raw`. */
export function decodeArticle(data: Fields): Held {
  const xml = readXml(text(data['content']) ?? '');
  const article = find(xml, 'mmreader', 'item') ?? find(xml, 'appmsg') ?? xml;
  const title = known(textAt(article, 'title'), data['title']);
  return {
    kind: 'LINK',
    text: title === null ? '[公众号文章]' : `[公众号文章] ${title}`,
    content: {
      type: 'Link',
      title,
      description: known(textAt(article, 'digest'), textAt(article, 'des'), data['des']),
      url: known(textAt(article, 'url'), data['url']),
      appName: known(textAt(xml, 'publisher', 'nickname'), textAt(xml, 'appinfo', 'appname'), data['nickName']),
      appId: null,
      thumbnailUrl: known(textAt(article, 'cover'), textAt(article, 'thumburl'), data['thumbUrl']),
    },
  };
}
