import type { GraphQLResolveInfo } from 'graphql';
import type { Plan, PlannedField } from './graphql-plan.ts';

/** One execution of an operation, as far as its resolvers may see it. */
export type Asked = {
  readonly plan: Plan;
  readonly variables: Record<string, unknown>;
  readonly rootValue: unknown;
};

/** What a resolver may ask of the operation that it is part of. Most ask nothing, so that nothing is made beforehand. */
export class Info implements GraphQLResolveInfo {
  private readonly run: Asked;
  private readonly field: PlannedField;
  private readonly above: GraphQLResolveInfo['path'] | undefined;

  constructor(run: Asked, field: PlannedField, above: GraphQLResolveInfo['path'] | undefined) {
    this.run = run;
    this.field = field;
    this.above = above;
  }

  get fieldName() {
    return this.field.definition.name;
  }

  get fieldNodes() {
    return this.field.nodes;
  }

  get returnType() {
    return this.field.definition.type;
  }

  get parentType() {
    return this.field.parent;
  }

  get path() {
    return { prev: this.above, key: this.field.key, typename: this.field.parent.name };
  }

  get schema() {
    return this.run.plan.schema;
  }

  get fragments() {
    return this.run.plan.fragments;
  }

  get rootValue() {
    return this.run.rootValue;
  }

  get operation() {
    return this.run.plan.operation;
  }

  get variableValues() {
    return this.run.variables;
  }
}
