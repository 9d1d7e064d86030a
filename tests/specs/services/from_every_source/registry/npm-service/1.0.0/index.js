class Service {
  constructor(config) {
    this.config = config;
  }
  getServiceInfo() {
    return { containerName: this.config.name };
  }
}
const others = ['startService', 'stopService', 'restartService', 'getServiceStatus', 'isServiceHealthy', 'isServiceRunning', 'waitForHealthy', 'getDockerComposeService'];
for (const name of others) Service.prototype[name] = () => true;
exports.Service = Service;
