export declare const demoUsage: string;
export declare const demoOptions: {
  readonly exit: { readonly type: 'boolean'; readonly default: false };
  readonly large: { readonly type: 'boolean'; readonly default: false };
};
