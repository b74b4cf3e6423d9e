#!/usr/bin/gjs
// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs a system service of the host in a sandbox; it is created if there is none of that name.
//
//   start-service.js NAME UNIT [SETTING=VALUE…]
//   start-service.js web apache2.service network.publish=127.0.0.1:8080:80 backend.kind=lxc

imports.gi.versions.Glovebox = '1';
const {Gio, GLib, Glovebox} = imports.gi;
const System = imports.system;

Gio._promisify(Glovebox.Service, 'create_async', 'create_finish');
Gio._promisify(Glovebox.Service.prototype, 'start_async', 'start_finish');

if (ARGV.length < 2) {
    printerr('Usage: start-service.js NAME UNIT [SETTING=VALUE…]');
    System.exit(2);
}

async function create(name, unit, settings) {
    const wanted = Object.fromEntries(settings.map(setting => {
        const [key, ...text] = setting.split('=');
        return [key, text.join('=')];
    }));
    const service = await Glovebox.Service.create_async(name, unit, false,
        new GLib.Variant('a{ss}', wanted), null);
    // What the sandbox cannot honour of the unit.
    for (const sentence of service.get_told())
        printerr(`note: ${sentence}`);
    return service;
}

function find(name) {
    try {
        return Glovebox.Service.open(name);
    } catch (error) {
        return null;
    }
}

let status = 1;

async function start(name, unit, ...settings) {
    try {
        const service = find(name) ?? await create(name, unit, settings);
        await service.start_async(null);
        service.refresh();
        const ports = service.dup_setting('network.publish') ?? 'nothing';
        print(`${service.get_name()}: ${service.get_state_name()}, published: ${ports}`);
        status = 0;
    } catch (error) {
        printerr(error.message);
    }
}

const loop = GLib.MainLoop.new(null, false);
start(...ARGV).finally(() => loop.quit());
loop.run();
System.exit(status);
