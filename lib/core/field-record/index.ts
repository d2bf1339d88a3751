/** What records of policy fields are made of: schema, measure, form, reference. Whoever has such records takes it from here. */
export { worst, unknownField, type Difference, type Effect, type Judged } from './judged.ts';
export {
  allowList,
  atLeast,
  atMost,
  authority,
  foundationRole,
  identity,
  loosens,
  neutral,
  requirement,
  shown,
  steps,
  text,
  tightens,
  type Documents,
  type Measure,
} from './measures.ts';
export type { Advice, FieldRecord, FormRow, JsonSchema } from './record.ts';
