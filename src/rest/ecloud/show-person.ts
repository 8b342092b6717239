/** People and chat rooms as E云 describes them: these fields alone, as some clients refuse any that they do not know. */
import type { KnownPerson } from '../../resolvers/contacts/find-person.ts';
import { type Pictured, readAvatarUrl } from '../../resolvers/media/read-avatar-url.ts';
import type { Contact } from '../../resolvers/shapes.ts';
import type { Sex } from '../../words.ts';
import type { Call } from './call.ts';
import { showWxid } from './ids.ts';

/** As E云 numbers them. */
export const sexes: Record<Sex, number> = { UNKNOWN: 0, MALE: 1, FEMALE: 2 };

type Showing = Pick<Call, 'app' | 'loaders'>;

export async function showPerson(showing: Showing, person: KnownPerson): Promise<Record<string, unknown>> {
  const contact = person.is === 'contact' ? person.contact : null;
  const { big, small } = await picturesOf(showing, person);
  return {
    ...namesOf(person),
    remark: contact?.remark ?? '',
    signature: contact?.signature ?? '',
    sex: sexes[contact?.sex ?? 'UNKNOWN'],
    aliasName: (person.is === 'self' ? person.self.alias : contact?.alias) ?? '',
    country: contact?.country ?? '',
    bigHead: big,
    smallHead: small,
    labelList: contact?.labels.join(',') ?? '',
    v1: contact?.ticket ?? '',
  };
}

function namesOf(person: KnownPerson): { userName: string; nickName: string } {
  switch (person.is) {
    case 'contact':
      return { userName: showWxid(person.contact.wxid, person.contact.kind), nickName: person.contact.name };
    case 'self':
      return { userName: person.self.wxid, nickName: person.self.name ?? '' };
    case 'member':
      return { userName: person.member.wxid, nickName: person.member.name };
  }
}

type Pictures = { big: string; small: string };

async function picturesOf(showing: Showing, person: KnownPerson): Promise<Pictures> {
  if (person.is === 'contact') return picturesOfContact(showing, person.contact);
  const { id } = person.picture;
  const url = await pictureOf(
    showing,
    person.is === 'self'
      ? { kind: 'account', id, accountId: id, avatarUrl: person.self.avatarUrl }
      : { kind: 'member', id, accountId: person.member.accountId, avatarUrl: person.member.avatarUrl },
  );
  return { big: url, small: url };
}

/** What E云 itself told is given back as it was; the gateway's own addresses end after ten minutes. */
export async function picturesOfContact(
  showing: Showing,
  { id, accountId, avatarUrl, smallAvatarUrl }: Contact,
): Promise<Pictures> {
  if (smallAvatarUrl !== null) return { big: avatarUrl ?? smallAvatarUrl, small: smallAvatarUrl };
  const url = await pictureOf(showing, { kind: 'contact', id, accountId, avatarUrl });
  return { big: url, small: url };
}

export async function pictureOf({ app, loaders }: Showing, of: Pictured): Promise<string> {
  return (await readAvatarUrl(app, loaders, of)) ?? '';
}
