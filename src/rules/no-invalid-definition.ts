import { checkedRule } from './shared/checked.ts';

export default checkedRule('definition', 'Disallow definitions that contradict themselves or what they refer to');
