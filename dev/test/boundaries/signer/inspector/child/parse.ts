export const parse = (): null => null;
