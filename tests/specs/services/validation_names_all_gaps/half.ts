export class Half {
  startService() {}
  restartService() {}
  getServiceStatus() {}
  isServiceHealthy() {}
  isServiceRunning() {}
  getDockerComposeService() {}
}
