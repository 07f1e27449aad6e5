import { type OperationTable, tagList, tagsOf, texts } from '../operation.ts';

/** The tagging API: tags of whatever has an ARN, by Region. Filters and pages are not simulated. */
export const tagging: OperationTable = {
  'tag:TagResources': {
    source: 'tagging.amazonaws.com',
    event: 'TagResources',
    readOnly: false,
    run: (context) => {
      const { account, input } = context;
      account.tagged ??= {};
      const arns = texts(context, 'ResourceARNList');
      const tags = Object.entries((input['Tags'] ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
      for (const arn of arns) account.tagged[arn] = { ...account.tagged[arn], ...tagsOf(tags) };
      return { FailedResourcesMap: {} };
    },
  },
  'tag:GetResources': {
    source: 'tagging.amazonaws.com',
    event: 'GetResources',
    readOnly: true,
    run: ({ account, region }) => ({
      ResourceTagMappingList: Object.entries(account.tagged ?? {})
        .filter(([arn]) => arn.split(':')[3] === region)
        .map(([ResourceARN, tags]) => ({ ResourceARN, Tags: tagList(tags) })),
    }),
  },
};
