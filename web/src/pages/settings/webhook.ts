import { type ResultOf, graphql } from '../../graphql.ts';

const webhookDocument = graphql(`
  fragment WebhookRow on Webhook {
    id
    url
    format
    types
    accountIds
    enabled
    failing
    lag
    lastError
    createdAt
    events
    allowReply
    mediaData
    pollUrl
    token
  }
`);

export type WebhookRow = ResultOf<typeof webhookDocument>;
export type Format = WebhookRow['format'];

export const webhooksDocument = graphql(
  `
    query Webhooks($after: String) {
      webhooks(first: 50, after: $after) {
        nodes {
          ...WebhookRow
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [webhookDocument],
);

export const deliveriesDocument = graphql(`
  query WebhookDeliveries($id: ID!, $after: String, $statuses: [DeliveryStatus!]) {
    node(id: $id) {
      __typename
      id
      ... on Webhook {
        enabled
        failing
        lag
        lastError
        deliveries(first: 50, after: $after, statuses: $statuses) {
          nodes {
            id
            status
            attempts
            responseStatus
            error
            messageId
            eventCursor
            createdAt
            nextAttemptAt
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`);

type Answered = Extract<ResultOf<typeof deliveriesDocument>['node'], { __typename: 'Webhook' }>;
export type Delivery = NonNullable<Answered['deliveries']>['nodes'][number];
export type DeliveryStatus = Delivery['status'];

export const createWebhookDocument = graphql(
  `
    mutation CreateWebhook($input: CreateWebhookInput!) {
      createWebhook(input: $input) {
        webhook {
          ...WebhookRow
        }
        secret
      }
    }
  `,
  [webhookDocument],
);
export const updateWebhookDocument = graphql(
  `
    mutation UpdateWebhook($input: UpdateWebhookInput!) {
      updateWebhook(input: $input) {
        webhook {
          ...WebhookRow
        }
      }
    }
  `,
  [webhookDocument],
);
export const rotateSecretDocument = graphql(
  `
    mutation RotateWebhookSecret($id: ID!) {
      rotateWebhookSecret(id: $id) {
        webhook {
          ...WebhookRow
        }
        secret
      }
    }
  `,
  [webhookDocument],
);
export const testWebhookDocument = graphql(
  `
    mutation TestWebhook($id: ID!) {
      testWebhook(id: $id) {
        webhook {
          ...WebhookRow
        }
      }
    }
  `,
  [webhookDocument],
);
export const replayWebhookDocument = graphql(
  `
    mutation ReplayWebhook($input: ReplayWebhookInput!) {
      replayWebhook(input: $input) {
        webhook {
          ...WebhookRow
        }
      }
    }
  `,
  [webhookDocument],
);
export const deleteWebhookDocument = graphql(`
  mutation DeleteWebhook($id: ID!) {
    deleteWebhook(id: $id) {
      deletedId
    }
  }
`);
export const oldestDocument = graphql(`
  query OldestEvent {
    eventLog {
      oldest
    }
  }
`);
