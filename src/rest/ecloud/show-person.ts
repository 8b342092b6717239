/** People and chat rooms as E云 describes them: these fields alone, as some clients refuse any that they do not know. */
import { type Pictured, readAvatarUrl } from '../../resolvers/media/read-avatar-url.ts';
import type { Person } from '../../resolvers/contacts/read-people.ts';
import type { Sex } from '../../words.ts';
import type { Call } from './call.ts';
import { showWxid } from './ids.ts';

const sexes: Record<Sex, number> = { UNKNOWN: 0, MALE: 1, FEMALE: 2 };

export async function showPerson(
  call: Pick<Call, 'app' | 'loaders'>,
  person: Person,
): Promise<Record<string, unknown>> {
  const { big, small } = await picturesOf(call, person);
  return {
    userName: showWxid(person.wxid, person.kind),
    nickName: person.name,
    remark: person.remark ?? '',
    signature: person.signature ?? '',
    sex: sexes[person.sex],
    aliasName: person.alias ?? '',
    country: person.country ?? '',
    bigHead: big,
    smallHead: small,
    labelList: person.labels.join(','),
    v1: person.ticket ?? '',
  };
}

/** What E云 itself told is given back as it was; the gateway's own addresses end after ten minutes. */
export async function picturesOf(
  call: Pick<Call, 'app' | 'loaders'>,
  person: Pick<Person, 'avatarUrl' | 'smallAvatarUrl' | 'picture'>,
): Promise<{ big: string; small: string }> {
  const { avatarUrl, smallAvatarUrl, picture } = person;
  if (smallAvatarUrl !== null) return { big: avatarUrl ?? smallAvatarUrl, small: smallAvatarUrl };
  const url = await pictureOf(call, picture);
  return { big: url, small: url };
}

export async function pictureOf({ app, loaders }: Pick<Call, 'app' | 'loaders'>, of: Pictured): Promise<string> {
  return (await readAvatarUrl(app, loaders, of)) ?? '';
}
