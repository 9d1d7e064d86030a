import { Child } from './child';
export class Parent {}
export default new Child();
