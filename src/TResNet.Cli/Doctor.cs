using System.Diagnostics;
using System.Runtime.InteropServices;
using Notebook.Jupyter;
using Notebook.Session.Formatting;
using TorchSharp;
using TResNet.Compute;
using TResNet.Compute.Distributed;
using TResNet.Data;
using TResNet.Data.Images;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Cli;

/// <summary>How a finding matters.</summary>
internal enum FindingState
{
    /// <summary>It is there and works.</summary>
    Good,

    /// <summary>It is not there, and most things work without.</summary>
    Optional,

    /// <summary>It is not there, and nothing works without.</summary>
    Missing,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Subject">What.</param>
/// <param name="State">How it matters.</param>
/// <param name="Text">What was found, or how to get it.</param>
internal sealed record Finding(string Subject, FindingState State, string Text);

/// <summary>Looks at what the project needs from a machine.</summary>
internal sealed class Doctor
{
    /// <summary>Looks at everything; no finding depends on the one before.</summary>
    public IReadOnlyList<Finding> Examine(CancellationToken cancel = default) =>
        [
            new("machine", FindingState.Good, Machine.Describe()),
            Processor(),
            Try("libtorch", LibTorch),
            .. TorchLibrary.Failure is null
                ? [Try("operators", Operators), Try("autograd", Autograd), Try("kernels", Kernels), Try("CUDA", Cuda)]
                : Array.Empty<Finding>(),
            Codec(ImageCodec.Jpeg),
            Codec(ImageCodec.Png),
            Codec(ImageCodec.Skia),
            Zmq(),
            Mpi(),
            Nbclient(cancel),
            Kernel(),
            Plotly(),
            Culture(),
            .. TorchLibrary.Failure is null
                ? [Try("Fashion-MNIST", EmbeddedData), Try("full data", FullData)]
                : Array.Empty<Finding>(),
        ];

    private static Finding Try(string subject, Func<Finding> look)
    {
        try
        {
            return look();
        }
        // ExternalException is libtorch's own; the type initialiser wraps what its loading throws.
        catch (Exception failure)
            when (failure
                    is TResNetException
                        or ExternalException
                        or TypeInitializationException
                        or DllNotFoundException
            )
        {
            return new(subject, FindingState.Missing, failure.GetBaseException().Message);
        }
    }

    private static Finding Processor()
    {
        string[] wanted = ["avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16"];
        var there = Machine.ProcessorFeatures();
        string[] found = [.. wanted.Where(there.Contains)];
        return found.Contains("avx2") || there.Count == 0
            ? new(
                "processor",
                FindingState.Good,
                found.Length == 0 ? "it does not say what it can" : string.Join(", ", found)
            )
            : new("processor", FindingState.Optional, "no AVX2: everything works, several times slower");
    }

    private static Finding LibTorch()
    {
        TorchLibrary.Load();
        var threads = torch.get_num_threads();
        List<string> lines =
        [
            $"{TorchLibrary.Name}, {threads} {(threads == 1 ? "thread" : "threads")}",
            TorchLibrary.Location ?? "found by TorchSharp itself",
        ];
        if (TorchLibrary.PatchReason is { } reason)
        {
            lines.Add($"its bridge is patched in memory: {reason}");
        }

        if (TorchLibrary.IsGuarded)
        {
            lines.Add(
                "errors in matmul, cummax, cummin, autograd.grad and set_num_threads, which would end the program, are exceptions here"
            );
        }

        if (TorchLibrary.CacheNote is { } note)
        {
            lines.Add(note);
        }

        return new("libtorch", FindingState.Good, string.Join('\n', lines));
    }

    private static Finding Autograd()
    {
        return AutogradSupport.WhyNot is { } why
            ? new("autograd", FindingState.Optional, why)
            : new("autograd", FindingState.Good, "a node of our own gives the known gradient");
    }

    private static Finding Kernels()
    {
        if (NativeKernels.WhyNot is { } why)
        {
            return new("kernels", FindingState.Optional, why);
        }

        NativeKernels.Test();
        return new("kernels", FindingState.Good, $"{NativeKernels.Description}; each agrees with a plain loop");
    }

    /// <summary>A convolution with a known result: neighbours along the diagonal of 1 to 9 differ by 4.</summary>
    private static Finding Operators()
    {
        using var scope = NewDisposeScope();
        var image = arange(1, 10, ScalarType.Float32).reshape(1, 1, 3, 3);
        var kernel = tensor(new float[] { 1, 0, 0, -1 }).reshape(1, 1, 2, 2);
        var result = nn.functional.conv2d(image, kernel).data<float>().ToArray();
        return result.All(value => value == -4) && result.Length == 4
            ? new("operators", FindingState.Good, "a convolution gives the known result")
            : new(
                "operators",
                FindingState.Missing,
                $"a convolution gave {string.Join(", ", result)} where it has to give -4 four times; this libtorch cannot be used, install another one"
            );
    }

    private static Finding Cuda()
    {
        return cuda.is_available()
            ? new(
                "CUDA",
                FindingState.Good,
                $"{cuda.device_count()} GPU" + (cuda.is_cudnn_available() ? ", cuDNN" : ", no cuDNN")
            )
            : new("CUDA", FindingState.Optional, "no GPU that this libtorch can use; networks run on the processor");
    }

    private static Finding Codec(ImageCodec codec) =>
        codec.IsFound
            ? new(
                codec.Format,
                FindingState.Good,
                $"{codec.Library}, for your own images"
                    + (
                        codec == ImageCodec.Jpeg && !codec.DecodesParts
                            ? ", decoded whole for every crop: apt-get install gcc libjpeg-dev and build again to save time"
                            : ""
                    )
            )
            : new(
                codec.Format,
                FindingState.Optional,
                codec.Package is null
                    ? $"{codec.Library} came with the program and is missing, which {codec.Format} images need: build or install the program again"
                    : $"needed only for {codec.Format} images: apt-get install {codec.Package}"
            );

    private static Finding Zmq()
    {
        foreach (var name in new[] { "libzmq.so.5", "libzmq.so", "libzmq" })
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                NativeLibrary.Free(library);
                return new("libzmq", FindingState.Good, $"{name}, for the Jupyter kernel");
            }
        }

        return new("libzmq", FindingState.Optional, "needed only in Jupyter: apt-get install libzmq5");
    }

    private static Finding Mpi()
    {
        if (MpiLibrary.WhyNot is { } why)
        {
            return new("MPI", FindingState.Optional, $"needed only to train by several processes: {why}");
        }

        return MpiLauncher.Find() is { } mpirun
            ? new("MPI", FindingState.Good, $"{MpiLibrary.Name()} and {mpirun}, for training by several processes")
            : new(
                "MPI",
                FindingState.Optional,
                $"{MpiLibrary.Name()}, but the launch command needs {MpiLauncher.NotThere.TrimEnd('.')}"
            );
    }

    private static Finding Nbclient(CancellationToken cancel)
    {
        const string Advice = "needed only to run notebooks from Python: apt-get install python3-nbclient";

        // Debian's packages belong to this interpreter; another may come first on the PATH.
        const string Debians = "/usr/bin/python3";
        try
        {
            using var python = Process.Start(
                new ProcessStartInfo(
                    File.Exists(Debians) ? Debians : "python3",
                    ["-c", "import nbclient; print(nbclient.__version__)"]
                )
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var version = python.StandardOutput.ReadToEndAsync(cancel);
            if (!python.WaitForExit(TimeSpan.FromSeconds(20)))
            {
                python.Kill();
                return new("nbclient", FindingState.Optional, "python3 did not answer within 20 s");
            }

            return python.ExitCode == 0
                ? new("nbclient", FindingState.Good, version.Result.Trim())
                : new("nbclient", FindingState.Optional, Advice);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return new("nbclient", FindingState.Optional, Advice);
        }
    }

    private static Finding Kernel()
    {
        var folder = KernelSpec.Folder(Product.TResNet.Name);
        return Directory.Exists(folder)
            ? new("Jupyter kernel", FindingState.Good, folder)
            : new("Jupyter kernel", FindingState.Optional, "not registered; for Jupyter: tresnet jupyter install");
    }

    private static Finding Plotly()
    {
        var file = Product.PlotlyFile;
        return File.Exists(file)
            ? new("plotly.js", FindingState.Good, "beside the program, goes into reports")
            : new(
                "plotly.js",
                FindingState.Optional,
                "charts in reports are static without it: npm ci, then ./build.sh"
            );
    }

    private static Finding Culture() =>
        Cultures.WhyNot is { } why
            ? new("cultures", FindingState.Optional, why)
            : new("cultures", FindingState.Good, "all; the program and its cells begin with the invariant one");

    private static Finding EmbeddedData()
    {
        var (train, validation) = (
            FashionMnist.Load(FashionMnistSplit.Train),
            FashionMnist.Load(FashionMnistSplit.Validation)
        );
        return new(
            "Fashion-MNIST",
            FindingState.Good,
            $"{train.Count:N0} images to train on, {validation.Count:N0} held out"
        );
    }

    private static Finding FullData()
    {
        try
        {
            return new(
                "full data",
                FindingState.Good,
                $"{FashionMnist.Load(FashionMnistSplit.Train, full: true).Count:N0} images to train on"
            );
        }
        catch (TResNetException missing)
        {
            return new("full data", FindingState.Optional, missing.Message);
        }
    }
}
