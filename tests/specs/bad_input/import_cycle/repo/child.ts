import { Parent } from './index';
export class Child extends Parent {}
