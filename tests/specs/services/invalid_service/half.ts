export default class Half {
  startService() {}
  stopService() {}
}
