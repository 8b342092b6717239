import type { Queries } from '../../store.ts';
import { jobByKey } from '../accept.ts';
import { avatar } from '../avatars.ts';
import type { Engine } from '../engine.ts';
import { heardHours, unechoedSince } from '../evidence.ts';
import { accountsChanged } from '../journal.ts';
import { unusedFiles } from '../files.ts';
import { readerPlace } from '../readers.ts';
import { sentMediaId } from '../sent-media.ts';
import { countWebhooks } from '../webhooks.ts';
import * as access from './access.ts';
import * as accounts from './accounts.ts';
import * as chats from './chats.ts';
import * as contacts from './contacts.ts';
import * as counts from './counts.ts';
import * as events from './events.ts';
import * as groups from './groups.ts';
import * as logs from './logs.ts';
import * as media from './media.ts';
import * as members from './members.ts';
import * as messages from './messages.ts';
import { positions } from './positions.ts';
import * as webhooks from './webhooks.ts';

/** Everything that can be asked. */
export function openQueries(engine: Engine): Queries {
  const reading =
    <Args extends unknown[], Result>(query: (engine: Engine, ...args: Args) => Result) =>
    async (...args: Args): Promise<Result> =>
      engine.read(() => query(engine, ...args));
  return {
    accounts: reading(accounts.accounts),
    countAccounts: reading(accounts.countAccounts),
    accountsById: reading(accounts.accountsById),
    accountByCallback: reading(accounts.accountByCallback),
    accountsChanged: reading(accountsChanged),
    heardHours: reading(heardHours),
    unechoedSince: reading(unechoedSince),
    accountCounts: reading(accounts.accountCounts),
    groups: reading(groups.groups),
    countGroups: reading(groups.countGroups),
    groupsById: reading(groups.groupsById),
    contacts: reading(contacts.contacts),
    contactPages: reading(contacts.contactPages),
    countContacts: reading(contacts.countContacts),
    contactCounts: reading(contacts.contactCounts),
    contactsById: reading(contacts.contactsById),
    contactsByWxid: reading(contacts.contactsByWxid),
    contactsNamed: reading(contacts.contactsNamed),
    memberPages: reading(members.memberPages),
    memberCounts: reading(members.memberCounts),
    roomOwners: reading(members.roomOwners),
    membersById: reading(members.membersById),
    membersNamed: reading(members.membersNamed),
    roomsOfMember: reading(members.roomsOfMember),
    chats: reading(chats.chats),
    chatPages: reading(chats.chatPages),
    countChats: reading(chats.countChats),
    chatCounts: reading(chats.chatCounts),
    chatsById: reading(chats.chatsById),
    chatsByContact: reading(chats.chatsByContact),
    messages: reading(messages.messages),
    messagePages: reading(messages.messagePages),
    messagesById: reading(messages.messagesById),
    messagesByUpstreamId: reading(messages.messagesByUpstreamId),
    rawBodies: reading(messages.rawBodies),
    mediaById: reading(media.mediaById),
    mediaOfMessages: reading(media.mediaOfMessages),
    dueMedia: reading(media.dueMedia),
    sentMediaId: reading(sentMediaId),
    avatar: reading(avatar),
    unusedFiles: reading(unusedFiles),
    logs: reading(logs.logs),
    logPages: reading(logs.logPages),
    logsOfJob: reading(logs.logsOfJob),
    jobLogPages: reading(logs.jobLogPages),
    countLogs: reading(logs.countLogs),
    logCounts: reading(logs.logCounts),
    jobLogCounts: reading(logs.jobLogCounts),
    logsById: reading(logs.logsById),
    positions: reading(positions),
    jobByKey: reading(jobByKey),
    jobsById: reading(logs.jobsById),
    newestEvents: reading(events.newestEvents),
    events: reading(events.events),
    countLater: reading(events.countLater),
    readerPlace: reading(readerPlace),
    dayCounts: reading(counts.dayCounts),
    webhooks: reading(webhooks.webhooks),
    countWebhooks: reading(countWebhooks),
    webhooksById: reading(webhooks.webhooksById),
    deliveryPages: reading(webhooks.deliveryPages),
    deliveryCounts: reading(webhooks.deliveryCounts),
    nextDelivery: reading(webhooks.nextDelivery),
    dueDeliveries: reading(webhooks.dueDeliveries),
    tokens: reading(access.tokens),
    countTokens: reading(access.countTokens),
    tokensById: reading(access.tokensById),
    tokenByHash: reading(access.tokenByHash),
    sessionByHash: reading(access.sessionByHash),
  };
}
