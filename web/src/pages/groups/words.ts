import { words } from '../../words/words.ts';

export const useGroupsWords = words(
  {
    about: '分组把账号归在一起：可以一次向整个分组的账号下发送任务。',
    add: '新建分组',
    edit: '编辑分组',
    name: '名称',
    nameHelp: '1 到 50 个字符',
    accounts: '账号',
    created: '创建时间',
    others: (count: number, isMore: boolean) => `还有 ${count}${isMore ? '+' : ''} 个`,
    actions: '操作',
    empty: '还没有分组',
    removeQuestion: (name: string) => `删除分组“${name}”？账号本身不受影响。`,
    choose: '按名称或编号搜索账号',
  },
  {
    about: 'A group puts accounts together: one send may go out from all accounts of a group.',
    add: 'New group',
    edit: 'Edit the group',
    name: 'Name',
    nameHelp: '1 to 50 characters',
    accounts: 'Accounts',
    created: 'Created',
    others: (count: number, isMore: boolean) => `and ${count}${isMore ? '+' : ''} more`,
    actions: 'Actions',
    empty: 'There is no group yet',
    removeQuestion: (name: string) => `Delete the group “${name}”? Its accounts stay.`,
    choose: 'Search accounts by name or number',
  },
);
