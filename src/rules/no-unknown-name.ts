import { checkedRule } from './shared/checked.ts';

export default checkedRule('name', 'Disallow names of objects that do not exist when the statement runs');
