/** The grey lines of chat rooms: who joined, left, was removed, in the templates in which WeChat writes them. */
import type { UpstreamMember } from '../driver.ts';
import { type Element, attribute, find, readXml, textAt } from './xml.ts';

export type Notice = {
  /** What a person would read; null where there is nothing. */
  text: string | null;
  joined: UpstreamMember[];
  left: UpstreamMember[];
};

/** Names of places in a template at which those stand who joined, or were removed. */
const joining: ReadonlySet<string> = new Set(['names', 'adder', 'others']);
const leaving: ReadonlySet<string> = new Set(['kickoutname', 'quitname']);

/** Reads the notice of a chat room event: plain words, or `<sysmsgtemplate>` with people in its places. */
export function readNotice(content: string): Notice {
  const xml = readXml(content);
  if (xml.children.length === 0) return { text: content.trim() || null, joined: [], left: [] };
  const places = placesOf(xml);
  const template = textAt(xml, 'content_template', 'template') ?? textAt(xml, 'template');
  const words = template?.replaceAll(/\$([a-z_]{1,40})\$/gi, (whole, name: string) => wordsOf(places, name) ?? whole);
  const people = (names: ReadonlySet<string>): UpstreamMember[] =>
    [...places].filter(([name]) => names.has(name)).flatMap(([, place]) => place.members);
  return {
    text: words ?? textAt(xml, 'plain') ?? textAt(xml, 'content') ?? textAt(xml, 'text') ?? textAt(xml, 'title'),
    joined: people(joining),
    left: people(leaving),
  };
}

type Place = { members: UpstreamMember[]; separator: string; words: string | null };

function placesOf(xml: Element): Map<string, Place> {
  const links = find(xml, 'link_list')?.children.filter((child) => child.name === 'link') ?? [];
  return new Map(
    links.map((link) => {
      const members = (find(link, 'memberlist')?.children ?? []).flatMap((member) => {
        const wxid = textAt(member, 'username');
        return wxid === null ? [] : [{ wxid, name: textAt(member, 'nickname') ?? '' }];
      });
      const separator = textAt(link, 'separator') ?? '、';
      return [
        attribute(link, 'name') ?? '',
        { members, separator, words: textAt(link, 'title') ?? textAt(link, 'plain') },
      ];
    }),
  );
}

function wordsOf(places: ReadonlyMap<string, Place>, name: string): string | null {
  const place = places.get(name);
  if (place === undefined) return null;
  const { members, separator, words } = place;
  return members.length > 0 ? members.map((member) => member.name || member.wxid).join(separator) : (words ?? '');
}
