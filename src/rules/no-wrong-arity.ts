import { checkedRule } from './shared/checked.ts';

export default checkedRule('arity', 'Disallow calls and rows with another number of values than there are places for');
