export default class Painter {
  id = 'painter';
  type = 'cloud';
}
