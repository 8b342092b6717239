/** Requests to begin with. Each is typed by the schema, so that what is shown works. */
import { graphql } from '../../graphql.ts';

export const readAccounts = graphql(`
  query Accounts {
    accounts {
      totalCount
      nodes {
        id
        name
        driver
        state
        stateReason
        ready
      }
    }
  }
`);

export const sendText = graphql(`
  mutation Send($input: SendInput!) {
    send(input: $input) {
      job {
        id
        total
        successCount
        failedCount
        unknownCount
        logs {
          nodes {
            receiver
            status
            errorMessage
          }
        }
      }
    }
  }
`);

export const ask = graphql(`
  mutation Consult($input: ConsultInput!) {
    consult(input: $input) {
      reply {
        text
      }
      timedOut
      log {
        status
      }
    }
  }
`);

export const readInbox = graphql(`
  query Inbox($filter: ChatFilter) {
    eventLog {
      head
    }
    chats(first: 20, filter: $filter) {
      nodes {
        id
        unreadCount
        contact {
          displayName
        }
        lastMessage {
          text
          sentAt
        }
      }
    }
  }
`);

export const readLogs = graphql(`
  query Logs($filter: LogFilter) {
    logs(first: 20, filter: $filter) {
      nodes {
        id
        receiver
        content
        status
        errorMessage
        createdAt
      }
    }
  }
`);

export const readStats = graphql(`
  query Statistics($accountIds: [ID!], $days: Int!) {
    stats(accountIds: $accountIds, days: $days) {
      total
      successCount
      failedCount
      unknownCount
      successRate
      received
    }
  }
`);

export const followMessages = graphql(`
  subscription Messages($filter: MessageFilter, $after: String) {
    messageReceived(filter: $filter, after: $after) {
      id
      text
      sender {
        displayName
      }
      chat {
        contact {
          displayName
        }
      }
      sentAt
      cursor
    }
  }
`);

export const followStates = graphql(`
  subscription States($accountIds: [ID!]) {
    clientStateChanged(accountIds: $accountIds) {
      account {
        id
        name
      }
      from
      to
      reason
    }
  }
`);
