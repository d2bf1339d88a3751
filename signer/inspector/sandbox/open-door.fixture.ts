/** Nothing locked: shows what the other fences hold on their own. */
export {};
