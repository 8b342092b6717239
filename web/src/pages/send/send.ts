/** What the send page asks of the gateway. */
import { type ResultOf, type VariablesOf, graphql } from '../../graphql.ts';
import { logDocument } from '../records/log.ts';

export const sendersDocument = graphql(`
  query Senders($after: String) {
    accounts(first: 100, after: $after) {
      nodes {
        id
        name
        state
        ready
        capabilities
        defaultReceiverId
        defaultReceiver {
          id
          kind
          displayName
        }
        pacing {
          intervalMs
          jitterMs
          perDay
          paused
        }
        stats {
          queued
          todaySent
        }
        groups(first: 100) {
          nodes {
            id
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export type SenderAccount = NonNullable<ResultOf<typeof sendersDocument>['accounts']>['nodes'][number];

export const groupNamesDocument = graphql(`
  query GroupNames($after: String) {
    groups(first: 100, after: $after) {
      nodes {
        id
        name
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export type GroupName = NonNullable<ResultOf<typeof groupNamesDocument>['groups']>['nodes'][number];

export const receiversDocument = graphql(`
  query Receivers($accountIds: [ID!], $search: String) {
    contacts(first: 50, filter: { accountIds: $accountIds, search: $search }) {
      nodes {
        id
        kind
        wxid
        displayName
        account {
          id
          name
        }
      }
    }
  }
`);

export type ReceiverContact = NonNullable<ResultOf<typeof receiversDocument>['contacts']>['nodes'][number];

export const membersDocument = graphql(`
  query Members($chatRoomId: ID!, $search: String) {
    contact(id: $chatRoomId) {
      id
      ... on ChatRoom {
        members(first: 50, search: $search) {
          nodes {
            id
            wxid
            displayName
          }
        }
      }
    }
  }
`);

/** Asks for the id alone: how it stands is told by the live log, which may be ahead of this answer. */
export const sendDocument = graphql(`
  mutation Send($input: SendInput!) {
    send(input: $input) {
      job {
        id
      }
    }
  }
`);

export type SendInput = VariablesOf<typeof sendDocument>['input'];

export const jobDocument = graphql(`
  query Job($id: ID!) {
    sendJob(id: $id) {
      id
      createdAt
      total
      pendingCount
      successCount
      failedCount
      unknownCount
      droppedCount
    }
  }
`);

export type Job = NonNullable<ResultOf<typeof jobDocument>['sendJob']>;

export const jobLinesDocument = graphql(
  `
    query JobLines($id: ID!, $after: String) {
      sendJob(id: $id) {
        id
        logs(first: 100, after: $after) {
          nodes {
            ...LogRow
            estimatedAt
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  `,
  [logDocument],
);

export type JobLine = NonNullable<NonNullable<ResultOf<typeof jobLinesDocument>['sendJob']>['logs']>['nodes'][number];

export const cancelJobDocument = graphql(`
  mutation CancelJob($jobId: ID!) {
    cancelJob(jobId: $jobId) {
      job {
        id
      }
    }
  }
`);
