import { expect, it } from 'vitest';
import type { Driver } from '../../src/drivers/driver.ts';
import { indexPersons } from '../../src/resolvers/receive/index-persons.ts';
import type { KnownAccount } from '../../src/resolvers/receive/known-accounts.ts';

/** An account that shares the address of a key, and how often it was asked who it is. */
function known(id: number, key: string | null, first: string | null) {
  let person = first;
  let asked = 0;
  const sharedCallback = {
    key: key ?? '',
    personOf: () => null,
    person: () => {
      asked += 1;
      return person;
    },
  };
  const driver = { ...(key !== null && { sharedCallback }) } as unknown as Driver;
  const account = { account: { id }, driver: () => driver } as unknown as KnownAccount;
  return {
    account,
    asked: () => asked,
    is: (wxid: string) => {
      person = wxid;
    },
  };
}

it('names whoever is that person at that address, and nobody of another address', () => {
  const accounts = [known(1, 'a', 'wxid_1'), known(2, 'b', 'wxid_1'), known(3, 'a', 'wxid_1'), known(4, null, null)];
  const index = indexPersons(accounts.map(({ account }) => account));
  const ids = (key: string, person: string) => index.named(key, person).map(({ account }) => account.id);
  expect([ids('a', 'wxid_1'), ids('b', 'wxid_1'), ids('a', 'wxid_2'), ids('c', 'wxid_1')]).toEqual([
    [1, 3],
    [2],
    [],
    [],
  ]);
});

it('a login that tells who an account is a moment before it is named loses nothing, beside another account of that person', () => {
  const [stays, comes] = [known(1, 'a', 'wxid_1'), known(2, 'a', null)];
  const index = indexPersons([stays.account, comes.account]);
  expect(index.named('a', 'wxid_1')).toEqual([stays.account]);
  comes.is('wxid_1');
  expect(index.named('a', 'wxid_1')).toEqual([stays.account, comes.account]);
});

it('asks no account twice that told who it is', () => {
  const accounts = Array.from({ length: 100 }, (_, n) => known(n, 'a', `wxid_${n}`));
  const index = indexPersons(accounts.map(({ account }) => account));
  for (let n = 0; n < 100; n += 1) index.named('a', `wxid_${n}`);
  expect(accounts.every(({ asked }) => asked() === 1)).toBe(true);
});
