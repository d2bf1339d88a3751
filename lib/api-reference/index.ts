/** The API's description (schemas/openapi.yaml) as people read it. Pure; dev/api-contract holds the routes to the same text. */
export { readReference } from './read.ts';
export type { Operation, Row } from './read.ts';
