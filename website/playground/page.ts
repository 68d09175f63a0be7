/** The playground on a page of its own, for those who work on it. */
import { mount } from './index.ts';

mount(document.querySelector('#playground')!);
