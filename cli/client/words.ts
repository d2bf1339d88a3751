/**
 * Words of an answer that workflows take on: the Action makes outputs of them, which end up in scripts. So an id is an id, and a state
 * is a word, whatever the portal is.
 */
import * as z from 'zod/mini';

export const idSchema = z.string().check(z.regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/));
export const stateSchema = z.string().check(z.regex(/^[a-z][a-z-]{0,39}$/));
