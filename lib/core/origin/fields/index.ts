/** Lines of `origin` that every provider has: each puts them among its own, in the order that it wants. */
export { ageFloorBounds, maximumAge, measureAge } from './age.ts';
export { attestations } from './attestations.ts';
export { codeHostField, commitOnFields, hostEnforces, unknownField } from './host.ts';
export { environment, visibility } from './surroundings.ts';
export { measureProvider, sourceFields } from './source.ts';
export { describeRefs, named, refFields } from './refs.ts';
