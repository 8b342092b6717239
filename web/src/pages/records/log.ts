/** What the panel shows of a line of the send log, and what may be done to it. */
import { type ResultOf, type VariablesOf, graphql } from '../../graphql.ts';

export const logDocument = graphql(`
  fragment LogRow on SendLog {
    id
    status
    type
    content
    receiver
    receiverContact {
      id
      displayName
    }
    account {
      id
      name
    }
    job {
      id
    }
    errorCode
    errorMessage
    confirmedBy
    attempts
    responseTimeMs
    createdAt
    dispatchedAt
    settledAt
  }
`);

export type LogRow = ResultOf<typeof logDocument>;

export const logsDocument = graphql(
  `
    query Logs($after: String, $filter: LogFilter, $isFirst: Boolean!) {
      logs(first: 100, after: $after, filter: $filter) {
        totalCount @include(if: $isFirst)
        nodes {
          ...LogRow
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [logDocument],
);

export type LogFilter = NonNullable<VariablesOf<typeof logsDocument>['filter']>;

export const logDetailDocument = graphql(
  `
    query LogDetail($id: ID!) {
      sendLog(id: $id) {
        ...LogRow
        position
        estimatedAt
        resendOf {
          id
        }
        message {
          id
          text
          upstreamId
          sentAt
          receivedAt
          chat {
            id
          }
        }
        job {
          id
          total
          pendingCount
        }
      }
    }
  `,
  [logDocument],
);

export type LogDetail = NonNullable<ResultOf<typeof logDetailDocument>['sendLog']>;

/** Asks for ids alone: how they stand is told by the live log, which may be ahead of this answer. */
export const resendDocument = graphql(`
  mutation Resend($input: ResendInput!) {
    resend(input: $input) {
      job {
        id
        logs(first: 1) {
          nodes {
            id
          }
        }
      }
    }
  }
`);

export const cancelSendDocument = graphql(`
  mutation CancelSend($logId: ID!) {
    cancelSend(logId: $logId) {
      log {
        id
      }
    }
  }
`);

/** The receiver as a person would call it. */
export function receiverName({ receiver, receiverContact }: LogRow): string {
  return receiverContact?.displayName ?? receiver;
}

/** Nobody knows whether it was sent: sending it again may send it twice. */
export function isInDoubt(status: LogRow['status']): boolean {
  return status === 'UNKNOWN' || status === 'UNRESOLVED';
}

export function isUnderWay(status: LogRow['status']): boolean {
  return status === 'QUEUED' || status === 'DISPATCHING';
}
