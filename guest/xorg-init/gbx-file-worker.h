/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What answers the host on the channels "files" and "put": a process of its own for each, with
 * the rights of the user, so that init itself opens no file of the application's. */

#include "gbx-file-records.h"

#include <stdint.h>
#include <sys/types.h>

/* Files that came from the host: they count as changed only when they are not the same any
 * more.  In memory that all workers share. */
#define GBX_PUT_FILES_MAX 4096

typedef struct
{
  dev_t device;
  ino_t inode;
  int64_t size, seconds, nanoseconds; /* of the change of the inode */
} GbxPutFile;

typedef struct
{
  unsigned n; /* may be more than fit */
  GbxPutFile files[GBX_PUT_FILES_MAX];
} GbxPutFiles;

typedef struct
{
  int fd;           /* a connected socket */
  const char *home; /* absolute */
  bool takes;       /* it serves "put", otherwise "files" */
  int64_t since;    /* seconds since 1970: older files are no changes; 0: all are */
  const char *const *left_out; /* absolute paths that do not count, NULL-terminated */
  GbxPutFiles *put;            /* NULL: none */
  /* In a child that executes a program: becomes the user. */
  bool (*become_user) (void *data);
  void *data;
} GbxFileWorker;

/* Answers requests until the other side closes the socket, or breaks the rules. */
void gbx_file_worker_run (const GbxFileWorker *self);

/* ------------------------------------------------- for the worker's files -- */

/* Sends records, in larger pieces. */
typedef struct
{
  const GbxFileWorker *worker;
  bool broken; /* sticky: nobody listens */
  GbxFileReader reader;
  const uint8_t *input; /* what has come and is not read yet */
  size_t n_input;
  size_t n_output;
  uint8_t received[65536];
  uint8_t output[2 * GBX_FILE_RECORD_MAX];
  GbxFileRecord request; /* the last record that came */
  GbxFileRecord answer;
} GbxFileTalk;

/* talk->answer of that kind. */
void gbx_file_talk_send (GbxFileTalk *self, GbxFileRecordKind kind);
void gbx_file_talk_send_data (GbxFileTalk *self, const void *data, size_t length);
void gbx_file_talk_end (GbxFileTalk *self, int error, bool more);
/* Waits for the next record, which becomes talk->request. */
bool gbx_file_talk_next (GbxFileTalk *self);

/* Opens what the host has named: absolute, or in the home.  Links are not followed.  -1 with
 * errno.  *full: the absolute path, of GBX_FILE_PATH_MAX + 1 bytes; or NULL. */
int gbx_file_open (const GbxFileWorker *self, const char *path, int flags, char *full);

void gbx_file_list (GbxFileTalk *talk);
void gbx_file_get (GbxFileTalk *talk, const char *path, bool folders);
void gbx_file_archive (GbxFileTalk *talk);
/* talk->request is the request. */
void gbx_file_put (GbxFileTalk *talk);
