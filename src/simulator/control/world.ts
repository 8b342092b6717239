/** The control API: people, chat rooms and messages, whoever drives them. */
import { z } from 'zod';
import { type Actions, personOf, roomOf } from './action.ts';

const who = z.strictObject({ who: z.string() });
const renamed = z.strictObject({ name: z.string() });

export const worldActions: Actions = {
  'POST people': (simulator, { body }) => {
    const given = z.strictObject({ name: z.string(), alias: z.string().default('') }).parse(body);
    return { wxid: simulator.world.addPerson(given).wxid };
  },
  'POST people * rename': (simulator, { body, path }) =>
    simulator.world.renamePerson(personOf(simulator, path[1] ?? ''), renamed.parse(body).name),
  'POST rooms': (simulator, { body }) => {
    const shape = z.strictObject({
      name: z.string(),
      members: z.array(z.string()).min(1),
      owner: z.string().optional(),
    });
    const { name, members, owner } = shape.parse(body);
    const wxids = members.map((member) => ({ wxid: personOf(simulator, member) }));
    const ownerWxid = owner === undefined ? wxids[0]!.wxid : personOf(simulator, owner);
    return { wxid: simulator.world.addRoom({ name, ownerWxid }, wxids).wxid };
  },
  'POST rooms * join': (simulator, { body, path }) =>
    simulator.world.join(roomOf(simulator, path[1] ?? ''), personOf(simulator, who.parse(body).who)),
  'POST rooms * leave': (simulator, { body, path }) =>
    simulator.world.leave(roomOf(simulator, path[1] ?? ''), personOf(simulator, who.parse(body).who)),
  'POST rooms * rename': (simulator, { body, path }) =>
    simulator.world.renameRoom(roomOf(simulator, path[1] ?? ''), renamed.parse(body).name),
  'POST rooms * rename-member': (simulator, { body, path }) => {
    const named = z.strictObject({ who: z.string(), display: z.string() }).parse(body);
    simulator.world.renameMember(roomOf(simulator, path[1] ?? ''), personOf(simulator, named.who), named.display);
  },
  'POST revoke': (simulator, { body }) => {
    const { by, id } = z.strictObject({ by: z.string(), id: z.string() }).parse(body);
    return { revoked: simulator.world.revoke(personOf(simulator, by), id) };
  },
  'POST talk': (simulator, { body }) =>
    simulator.talk(z.strictObject({ everyMs: z.number().min(1).nullable() }).parse(body).everyMs),
};
