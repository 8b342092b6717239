/**
 * Executes operations as graphql's own `execute` does: the same resolvers, results and errors, at a fraction of the cost. graphql looks
 * up for each value again what its document asks, and makes promises of promises; here that is read from a plan, and a value that
 * is waited for is put in its place when it comes. What types an object may be of is asked of `resolveType` alone.
 */
import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLObjectType,
  OperationTypeNode,
  defaultTypeResolver,
  getArgumentValues,
  getVariableValues,
  isAbstractType,
  isObjectType,
  locatedError,
} from 'graphql';
import { type Asked, Info } from './graphql-info.ts';
import { type PlannedField, type Shape, fieldsBelow, operationIn, planOf } from './graphql-plan.ts';

type Holder = Record<string | number, unknown>;

/** Where a list or an object is in the result: graphql's path, and what is to be done when it cannot be shown. */
type Place = {
  readonly prev: Place | undefined;
  readonly key: string | number;
  readonly typename: string | undefined;
  readonly holder: Holder;
  readonly isRequired: boolean;
  /** It, or something that it is in, is shown as null. What goes wrong below is nobody's business any more. */
  isGone: boolean;
};

/** What the executions of one operation for several root values have in common. */
type Common = Omit<Asked, 'rootValue'> & {
  readonly context: unknown;
  /** The arguments of fields that were asked for already: they hang on the variables alone. */
  readonly given: Map<PlannedField, object>;
};

type Run = Asked &
  Common & {
    readonly errors: GraphQLError[];
    /** Values that are still waited for. */
    pending: number;
    /** Called when there are none left. */
    settled: () => void;
    isNull: boolean;
  };

/** In the place of a value that may not be null and could not be had: whatever it is in is not shown either. */
const failed = Symbol('failed');
const noArguments = Object.freeze({});

/** Objects without a prototype, in which `__proto__` is a key as any other. Those of `Object.create(null)` are slow to fill and to write. */
const Data = function () {} as unknown as new () => Holder;
Data.prototype = Object.create(null);

/** At once where nothing has to be waited for. */
export function execute(args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult> {
  const common = prepare(args);
  return 'errors' in common ? common : executeOn(common, args.rootValue);
}

/** The results for each of these root values, in their order; what they have in common is made ready once. */
export function executeEach(
  args: ExecutionArgs,
  rootValues: readonly unknown[],
): (ExecutionResult | Promise<ExecutionResult>)[] {
  const common = prepare(args);
  return rootValues.map((rootValue) => ('errors' in common ? common : executeOn(common, rootValue)));
}

/** All but the root value; a result where it cannot be executed. */
function prepare({ schema, document, operationName, variableValues, contextValue }: ExecutionArgs) {
  const operation = operationIn(document, operationName);
  if (operation instanceof GraphQLError) return { errors: [operation] };
  const { errors, coerced: variables } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variableValues ?? {},
    { maxErrors: 50 },
  );
  if (errors) return { errors };
  try {
    const plan = planOf(schema, document, operation, variables);
    return { plan, variables, context: contextValue, given: new Map<PlannedField, object>() };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error], data: null };
    throw error;
  }
}

function executeOn(common: Common, rootValue: unknown): ExecutionResult | Promise<ExecutionResult> {
  const run: Run = { ...common, rootValue, errors: [], pending: 0, settled: () => {}, isNull: false };
  const data = new Data();
  const { operation, fields } = common.plan;
  if (operation.operation === OperationTypeNode.MUTATION) return executeSerially(run, data);
  if (!fill(run, fields, rootValue, undefined, data)) run.isNull = true;
  return run.pending === 0 ? resultOf(run, data) : settling(run).then(() => resultOf(run, data));
}

/** One mutation after the other, each when all that the one before asked for is there. */
async function executeSerially(run: Run, data: Holder): Promise<ExecutionResult> {
  for (const field of run.plan.fields) {
    if (!fill(run, [field], run.rootValue, undefined, data)) run.isNull = true;
    if (run.pending > 0) await settling(run);
    if (run.isNull) break;
  }
  return resultOf(run, data);
}

function settling(run: Run): Promise<void> {
  return new Promise((resolve) => {
    run.settled = resolve;
  });
}

function resultOf({ errors, isNull }: Run, data: Holder): ExecutionResult {
  const shown = isNull ? null : data;
  return errors.length > 0 ? { errors, data: shown } : { data: shown };
}

/** Puts the fields of an object into `holder`. False: one failed that must be there. */
function fill(run: Run, fields: readonly PlannedField[], source: unknown, above: Place | undefined, holder: Holder) {
  for (const field of fields) {
    const value = executeField(run, field, source, above, holder);
    if (value === failed) return false;
    holder[field.key] = value;
  }
  return true;
}

function executeField(
  run: Run,
  field: PlannedField,
  source: unknown,
  above: Place | undefined,
  holder: Holder,
): unknown {
  const { definition, shape, key } = field;
  let value: unknown;
  try {
    if (definition.resolve) {
      value = definition.resolve(source, argumentsOf(run, field), run.context, new Info(run, field, above));
    } else value = propertyOf(run, field, source, above);
  } catch (error) {
    return fail(run, field, shape, key, above, error);
  }
  return complete(run, field, shape, value, key, above, holder);
}

/** What a field shows that has no resolver. */
function propertyOf(run: Run, field: PlannedField, source: unknown, above: Place | undefined): unknown {
  if ((typeof source !== 'object' || source === null) && typeof source !== 'function') return undefined;
  const { name } = field.definition;
  const value = (source as Holder)[name];
  if (typeof value !== 'function') return value;
  const given = argumentsOf(run, field);
  return (source as Record<string, (...args: unknown[]) => unknown>)[name]!(
    given,
    run.context,
    new Info(run, field, above),
  );
}

function argumentsOf({ given, variables }: Run, field: PlannedField): object {
  const { definition, nodes } = field;
  if (definition.args.length === 0) return noArguments;
  let values = given.get(field);
  if (values === undefined) given.set(field, (values = getArgumentValues(definition, nodes[0]!, variables)));
  return values;
}

/** A value as it is shown; `failed` where it cannot be and must. One that is waited for is null, and put into `holder` when it comes. */
function complete(
  run: Run,
  field: PlannedField,
  shape: Shape,
  value: unknown,
  key: string | number,
  above: Place | undefined,
  holder: Holder,
): unknown {
  if (isPromise(value)) {
    wait(run, value, (come) => complete(run, field, shape, come, key, above, holder), field, shape, key, above, holder);
    return null;
  }
  try {
    if (value instanceof Error) throw value;
    if (value === null || value === undefined) {
      if (!shape.isRequired) return null;
      throw new Error(`Cannot return null for non-nullable field ${field.parent.name}.${field.definition.name}.`);
    }
    if (shape.kind === 'leaf') {
      const shown: unknown = shape.type.serialize(value);
      if (shown !== null && shown !== undefined) return shown;
      throw new Error(
        `A value of ${field.parent.name}.${field.definition.name} cannot be shown as ${shape.type.name}.`,
      );
    }
    const typename = typeof key === 'string' ? field.parent.name : undefined;
    const place: Place = { prev: above, key, typename, holder, isRequired: shape.isRequired, isGone: false };
    if (shape.kind === 'list') return completeList(run, field, shape, value, place);
    if (!isAbstractType(shape.type)) return completeObject(run, field, shape.type, value, place);
    const { type } = shape;
    const info = new Info(run, field, aboveField(key, above));
    const name = (type.resolveType ?? defaultTypeResolver)(value, run.context, info, type);
    if (!isPromise(name)) return completeObject(run, field, memberOf(run, shape, name), value, place);
    const finish = (come: unknown) => completeObject(run, field, memberOf(run, shape, come), value, place);
    wait(run, name, finish, field, shape, key, above, holder);
    return null;
  } catch (error) {
    return fail(run, field, shape, key, above, error);
  }
}

function completeList(run: Run, field: PlannedField, { item }: Shape & { kind: 'list' }, value: unknown, place: Place) {
  if (typeof value !== 'object' || !(Symbol.iterator in (value as object))) {
    throw new GraphQLError(
      `Expected Iterable, but did not find one for field "${field.parent.name}.${field.definition.name}".`,
    );
  }
  const list: unknown[] = [];
  let at = 0;
  for (const one of value as Iterable<unknown>) {
    const shown = complete(run, field, item, one, at, place, list as unknown as Holder);
    if (shown === failed) return lose(place);
    list[at] = shown;
    at += 1;
  }
  return list;
}

function completeObject(run: Run, field: PlannedField, type: GraphQLObjectType, value: unknown, place: Place): unknown {
  const object = new Data();
  return fill(run, fieldsBelow(run.plan, field, type), value, place, object) ? object : lose(place);
}

function memberOf({ plan }: Run, { type }: Shape & { kind: 'composite' }, name: unknown): GraphQLObjectType {
  const member = typeof name === 'string' ? plan.schema.getType(name) : undefined;
  if (isAbstractType(type) && isObjectType(member) && plan.schema.isSubType(type, member)) return member;
  throw new GraphQLError(
    `A value of ${type.name} is said to be of the type ${String(name)}, which is none of its types.`,
  );
}

/** Goes on when a value has come: `finish` makes of it what is shown. */
function wait(
  run: Run,
  promise: PromiseLike<unknown>,
  finish: (value: unknown) => unknown,
  field: PlannedField,
  shape: Shape,
  key: string | number,
  above: Place | undefined,
  holder: Holder,
): void {
  const put = (shown: unknown) => {
    if (shown === failed) nullify(run, above);
    else holder[key] = shown;
    run.pending -= 1;
    if (run.pending === 0) run.settled();
  };
  const giveUp = (error: unknown) => put(fail(run, field, shape, key, above, error));
  const come = (value: unknown) => {
    let shown: unknown;
    try {
      shown = finish(value);
    } catch (error) {
      return giveUp(error);
    }
    put(shown);
  };
  run.pending += 1;
  promise.then(come, giveUp);
}

/** Tells what went wrong with a value, and answers what is in its place. */
function fail(
  run: Run,
  field: PlannedField,
  shape: Shape,
  key: string | number,
  above: Place | undefined,
  error: unknown,
): null | typeof failed {
  if (!isGone(run, above)) run.errors.push(locatedError(error, field.nodes, [...pathTo(above), key]));
  return shape.isRequired ? failed : null;
}

/** Of something that cannot be shown for what is in it. */
function lose(place: Place): null | typeof failed {
  place.isGone = true;
  return place.isRequired ? failed : null;
}

/** Shows as null what cannot be shown, or the nearest that may be null and holds it. */
function nullify(run: Run, place: Place | undefined): void {
  for (let at = place; at !== undefined; at = at.prev) {
    if (lose(at) === failed) continue;
    at.holder[at.key] = null;
    return;
  }
  run.isNull = true;
}

function isGone(run: Run, place: Place | undefined): boolean {
  for (let at = place; at !== undefined; at = at.prev) if (at.isGone) return true;
  return run.isNull;
}

function pathTo(place: Place | undefined): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = place; at !== undefined; at = at.prev) path.unshift(at.key);
  return path;
}

/** What the field is in of which this is a value, be it one in its list. */
function aboveField(key: string | number, above: Place | undefined): Place | undefined {
  let [at, place] = [key, above];
  while (typeof at === 'number') [at, place] = [place!.key, place!.prev];
  return place;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
