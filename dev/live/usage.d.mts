export declare const devUsage: string;
export declare const devOptions: {
  readonly watch: { readonly type: 'boolean'; readonly default: false };
};
