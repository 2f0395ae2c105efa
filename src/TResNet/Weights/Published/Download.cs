// A download that can be cut off and goes on: HTTP range requests, RFC 9110 sections 13.1.5 (If-Range) and 14.
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace TResNet.Weights.Published;

/// <summary>One file on its way into the cache.</summary>
internal sealed class Download(
    HttpClient client,
    PublishedWeights weights,
    string path,
    IProgress<DownloadProgress>? progress
)
{
    private const int ChunkBytes = 128 * 1024;
    private const double Megabyte = 1e6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What has come so far.</summary>
    private readonly string partial = path + ".partial";

    /// <summary>The server's tag for the version that <see cref="partial"/> is a part of.</summary>
    private readonly string version = path + ".partial.etag";

    internal async Task RunAsync(CancellationToken cancel)
    {
        var file = OpenPartial();
        try
        {
            await using (file.ConfigureAwait(false))
            {
                await ReceiveAsync(file, cancel).ConfigureAwait(false);
                await VerifyAsync(file, cancel).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            CheckContent();
            File.Move(partial, path, overwrite: true);
            File.Delete(version);
        }
        finally
        {
            if (new FileInfo(partial) is { Exists: true, Length: 0 })
            {
                File.Delete(partial);
                File.Delete(version);
            }
        }
    }

    private FileStream OpenPartial()
    {
        try
        {
            return new FileStream(partial, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(partial))
        {
            throw new TResNetException(
                $"{weights.Name} is being downloaded by another program already: wait for it, or delete {partial}.",
                e
            );
        }
    }

    private async Task ReceiveAsync(FileStream file, CancellationToken cancel)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(Patience);
            await ReceiveAsync(file, patience).ConfigureAwait(false);
        }
        catch (Exception e)
            when (e is HttpRequestException or HttpIOException
                || (e is OperationCanceledException && !cancel.IsCancellationRequested)
            )
        {
            throw Failed(file.Length, e);
        }
    }

    private async Task ReceiveAsync(FileStream file, CancellationTokenSource patience)
    {
        using var response = await RequestAsync(file, patience.Token).ConfigureAwait(false);
        var continues = response.StatusCode == HttpStatusCode.PartialContent;
        if (!continues)
        {
            response.EnsureSuccessStatusCode();
            file.SetLength(0);
        }

        if (response.Headers.ETag is { IsWeak: false } tag)
        {
            await File.WriteAllTextAsync(version, tag.Tag, patience.Token).ConfigureAwait(false);
        }
        else
        {
            File.Delete(version);
        }

        file.Seek(0, SeekOrigin.End);
        var total = continues ? response.Content.Headers.ContentRange?.Length : response.Content.Headers.ContentLength;
        using var body = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        var buffer = new byte[ChunkBytes];
        while (await body.ReadAsync(buffer, patience.Token).ConfigureAwait(false) is > 0 and var read)
        {
            await file.WriteAsync(buffer.AsMemory(0, read), patience.Token).ConfigureAwait(false);
            progress?.Report(new DownloadProgress(weights.Name, file.Length, total));
            patience.CancelAfter(Patience);
        }

        if (total is { } expected && file.Length != expected)
        {
            throw new HttpRequestException($"{file.Length} bytes came where {expected} were announced");
        }
    }

    /// <summary>Asks for what is missing. The server answers with the rest, or with the whole if what is here is a part of something else.</summary>
    private async Task<HttpResponseMessage> RequestAsync(FileStream file, CancellationToken cancel)
    {
        var tag = File.Exists(version) ? await File.ReadAllTextAsync(version, cancel).ConfigureAwait(false) : null;
        var resumes = file.Length > 0 && EntityTagHeaderValue.TryParse(tag, out _);
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, weights.Url);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("tresnet", null));
            if (resumes)
            {
                request.Headers.Range = new RangeHeaderValue(file.Length, null);
                request.Headers.IfRange = new RangeConditionHeaderValue(tag!);
            }

            var response = await client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel)
                .ConfigureAwait(false);
            var fits =
                response.StatusCode != HttpStatusCode.RequestedRangeNotSatisfiable
                && (
                    response.StatusCode != HttpStatusCode.PartialContent
                    || (resumes && response.Content.Headers.ContentRange?.From == file.Length)
                );
            if (fits || !resumes)
            {
                return response;
            }

            response.Dispose();
            resumes = false;
        }
    }

    private async Task VerifyAsync(FileStream file, CancellationToken cancel)
    {
        if (weights.Sha256 is not { } expected)
        {
            return;
        }

        file.Position = 0;
        var actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel).ConfigureAwait(false));
        if (!actual.StartsWith(expected, StringComparison.OrdinalIgnoreCase))
        {
            file.SetLength(0);
            throw new TResNetException(
                $"What {weights.Url} gave for {weights.Name} is not what was published: its SHA-256 begins with {actual[..expected.Length]} instead of {expected}; it was deleted."
            );
        }
    }

    /// <summary>A page that asks to log in, for example, comes whole and is no checkpoint.</summary>
    private void CheckContent()
    {
        try
        {
            CheckpointFile.Open(partial).Dispose();
        }
        catch (TResNetException e)
        {
            File.Delete(partial);
            File.Delete(version);
            throw new TResNetException(
                $"What {weights.Url} gave for {weights.Name} is no checkpoint, and was deleted: get the file another way and put it at {path}.",
                e
            );
        }
    }

    private TResNetException Failed(long bytes, Exception e)
    {
        var reason = (e is OperationCanceledException ? "nothing came for a minute" : e.Message).TrimEnd('.');
        return new TResNetException(
            bytes > 0
                ? FormattableString.Invariant(
                    $"The download of {weights.Name} stopped after {bytes / Megabyte:0.0} MB ({reason}): try again and it goes on from there, or get {weights.Url} another way and put it at {path}."
                )
                : $"{weights.Name} could not be downloaded ({reason}): get {weights.Url} where there is a network, and put it at {path}.",
            e
        );
    }
}
