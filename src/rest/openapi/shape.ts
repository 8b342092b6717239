/** The part of OpenAPI 3.1 that the document of the REST routes uses. */

/** A text in both languages. What is served has one of them in its place. */
export type Text = { readonly zh: string; readonly en: string };

export type Schema<T = Text> = {
  $ref?: string;
  type?: string | readonly string[];
  description?: T;
  properties?: Readonly<Record<string, Schema<T>>>;
  required?: readonly string[];
  items?: Schema<T>;
  oneOf?: readonly Schema<T>[];
  enum?: readonly (string | null)[];
  const?: unknown;
  additionalProperties?: Schema<T> | boolean;
  format?: string;
  contentMediaType?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
};

export type Parameter<T = Text> = {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description: T;
  schema: Schema<T>;
  example?: string | number | boolean;
};

export type Content<T = Text> = {
  schema: Schema<T>;
  example?: unknown;
  examples?: Readonly<Record<string, { summary: T; value: unknown }>>;
};

export type Answer<T = Text> = {
  description: T;
  content?: Readonly<Record<string, Content<T>>>;
};

/** What a call does in the world: nothing, something in the gateway or at WeChat, or it reaches people. */
export type Effect = 'reads' | 'changes' | 'sends';

export type Operation<T = Text> = {
  operationId: string;
  tags: readonly [string];
  summary: T;
  description?: T;
  /** What a call does: where it is left out a GET reads, and all others change something. */
  'x-effect'?: Effect;
  /** Empty: open to everyone. */
  security?: readonly [];
  parameters?: readonly Parameter<T>[];
  requestBody?: { required?: boolean; content: Readonly<Record<string, Content<T>>> };
  responses: Readonly<Record<string, Answer<T>>>;
};

export type Method = 'get' | 'post' | 'delete';
export type Paths<T = Text> = Readonly<Record<string, Readonly<Partial<Record<Method, Operation<T>>>>>>;

export type OpenApi<T = Text> = {
  openapi: '3.1.0';
  info: { title: string; version: string; description: T };
  servers: readonly { url: string }[];
  security: readonly Record<string, readonly []>[];
  tags: readonly { name: string; description: T }[];
  paths: Paths<T>;
  components: {
    schemas: Readonly<Record<string, Schema<T>>>;
    securitySchemes: Readonly<Record<string, Readonly<Record<string, T | string>>>>;
  };
};
