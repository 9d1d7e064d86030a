"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) { return (mod && mod.__esModule) ? mod : { "default": mod }; };
Object.defineProperty(exports, "__esModule", { value: true });
exports.BuiltProvider = void 0;
const prizm_1 = require("prizm");
const helper_1 = __importDefault(require("./helper"));
class BuiltProvider {
    constructor() {
        this.id = helper_1.default;
        this.name = "Built";
        this.type = "local";
        this.capabilities = [prizm_1.MediaCapability.TEXT_TO_AUDIO];
        this.models = [];
    }
    configure() { }
    isAvailable() { }
    getModelsForCapability() { }
    getModel() { }
    getHealth() { }
}
exports.BuiltProvider = BuiltProvider;
exports.default = BuiltProvider;
